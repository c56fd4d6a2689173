"""One writer for each format in which items leave Veille.

Each is a function ``write(about, records)`` that gives the file piece by piece, as text, and holds one record at a
time. What comes in words comes with the records, in the language in force.
"""
