"""The commands for operators: tasks on deployed stacks, and cost estimates."""
