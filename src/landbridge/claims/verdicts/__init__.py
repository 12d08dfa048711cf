"""What statistics, arithmetic and other texts say of a claim. Import from the modules: some of them bring polars along."""
