"""What the desk writes of a recording: transcripts, translations and chapters (docs/decisions/0018).

drafts      begun, listed, found; read a window of lines at a time
editing     saved line by line, so that two who write in different lines both keep their words; any older version
exchange    files read in and written: WebVTT, SRT, text, OHMS, the JSON of recognisers
releasing   read whole by somebody, shown by another, taken down
recognising a first draft by a program, where everybody agreed to that (docs/decisions/0019)
"""
