"""The made-up council: people drawn from published figures, who go through the same actions as real ones."""
