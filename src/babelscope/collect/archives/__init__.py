"""Archives in: WARC, ARC, WACZ and folders of files, read as captures; nothing is fetched."""
