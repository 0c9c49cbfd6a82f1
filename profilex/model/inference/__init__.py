"""Pages through a network: the coarse pass, the fine pass, tiles and grids."""
