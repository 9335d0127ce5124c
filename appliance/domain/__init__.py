"""Pure rules: values in, values out; `now` is an argument and nothing here does I/O."""
