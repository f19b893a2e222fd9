"""One page on its own: its places cut out and read within what they may hold."""
