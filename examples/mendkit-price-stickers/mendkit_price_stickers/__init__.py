"""A plugin of mendkit: price stickers on products, the defect stickers.price."""
