"""What shops lay over photos, drawn: text, logos, badges, frames."""
