"""The front door: settings, addresses, layout, home pages, the command line, the demo council."""
