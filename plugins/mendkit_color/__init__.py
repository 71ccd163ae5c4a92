"""The group color: photos whose colors are wrong, and what their product's other photos say of it."""
