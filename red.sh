t() { sed -i "$2" $1; git diff --quiet && echo "NO CHANGE $1"; nice .venv/bin/python -m pytest -n 0 -q -x $3 -k "$4" 2>&1 | grep -E "^FAILED|passed|^\.+" | tail -1 | cut -c1-150; git checkout -q $1; }
t memorial/derivatives/recording_making.py 's/_SOUND_MARGIN, _PICTURE_MARGIN = 0.06, 0.25/_SOUND_MARGIN, _PICTURE_MARGIN = -0.06, 0.25/' tests/test_recordings_made.py masked_is_silent
t memorial/derivatives/recording_making.py 's/    "-map_metadata", "-1", "-map_metadata:s", "-1",/   /; s/    "-map_metadata",$//' tests/test_recordings_made.py tell_nothing
t memorial/services/recording_job.py 's/ or basis_of(session, medium) != due.basis//' tests/services/test_recordings.py "under_way and sqlite"
t memorial/services/recording_job.py 's/^    _forget_strays(work)$//' tests/services/test_recordings.py "dies and sqlite"
t memorial/web/public/stored.py 's/reading(reader().for_use("download")) if kept else reading()/reading()/' tests/web/public/test_stored.py "granted and sqlite"
t memorial/web/public/stored.py 's/asked.pop("HTTP_RANGE", None)/pass/' tests/web/public/test_stored.py "single_range and sqlite"
t memorial/derivatives/confined.py 's/^        _no_sockets(libc)$//' tests/test_confined.py connection
t memorial/derivatives/confined.py 's/^        _no_files(libc, bounds)$//' tests/test_confined.py "no_file"
t memorial/services/recordings.py 's/if at_ms is not None and hidden(.*$/if False:/' tests/services/test_recordings.py "refused and sqlite"
