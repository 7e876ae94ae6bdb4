"""Media: pictures and sound in files, read and written with limits and without torch."""
