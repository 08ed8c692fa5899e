"""The strict reader: a situation, or everything that keeps it from being one."""
