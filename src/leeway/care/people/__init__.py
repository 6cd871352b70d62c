"""People, who may act for them, and the case that holds their journey and its story."""
