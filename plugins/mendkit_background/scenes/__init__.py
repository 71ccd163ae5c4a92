"""What lies behind a product: scenes, other things, light and shadows."""
