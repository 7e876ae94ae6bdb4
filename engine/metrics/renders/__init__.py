"""What weights make when they are asked for it, scored beside its floors."""
