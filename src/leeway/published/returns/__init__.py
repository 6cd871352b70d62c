"""Published national returns, whatever their layout, read into one tidy table: council, year, item, value, flag."""
