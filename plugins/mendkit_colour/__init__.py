"""The group colour: photos whose colours are wrong, and what their product's other photos say of it."""
