# Help texts.
