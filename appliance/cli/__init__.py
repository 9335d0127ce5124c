"""`aftercall ...`: the command line for IT staff and scripts."""
