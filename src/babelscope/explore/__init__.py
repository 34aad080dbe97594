"""Questions → views."""
