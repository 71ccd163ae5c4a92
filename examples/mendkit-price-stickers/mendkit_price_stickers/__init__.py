"""A mendkit plugin for price stickers on products, the defect stickers.price."""
