// A module that ends its thread when it is imported.
process.exit(4);
