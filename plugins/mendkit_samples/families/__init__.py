"""The kinds of products that can be drawn, one function each: it puts the parts into a studio, from back to front."""
