"""What `make test` tries a few hundred times, tried a hundred thousand times: `make soak`."""
