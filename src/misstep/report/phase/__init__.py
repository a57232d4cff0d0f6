"""A phase diagram as plain arrays, labels and a caption, from the dataset of a sweep; nothing is drawn here."""
