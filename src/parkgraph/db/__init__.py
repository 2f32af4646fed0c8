"""PostgreSQL: the engine, the embedded server and the migrations."""
