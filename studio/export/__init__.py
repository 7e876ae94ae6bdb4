"""Export: films, stems and interchange files."""
