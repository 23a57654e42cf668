"""What a quote holds as a record: the figures of its decision sheets that only the functions can compute."""
