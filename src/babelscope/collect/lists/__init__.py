"""Lists of sources that other programs read and write: OPML, CSV, Media Cloud's CSV and JSON, our own TOML. Pure."""
