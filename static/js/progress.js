// The page of a bulk act at work looks again by itself, while nobody types on it. Without scripts a link does it.
const again = () => {
  if (document.hidden || document.activeElement?.matches("textarea, button, a")) setTimeout(again, 4000);
  else location.reload();
};
setTimeout(again, 4000);
