"""The same stack on one machine: runs the unchanged program, makes its data path real, serves its distribution."""
