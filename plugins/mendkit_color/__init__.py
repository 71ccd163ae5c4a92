"""The group color: photos with wrong colors, corrected with the help of other photos of the product."""
