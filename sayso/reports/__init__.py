"""Writers: a scored document as JSON, CSV, SARIF, HTML, or for the terminal."""
