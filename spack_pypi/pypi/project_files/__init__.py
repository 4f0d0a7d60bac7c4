"""What the files of a source tree say literally: texts in, values out."""
