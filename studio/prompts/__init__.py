"""What is asked for. A Prompt is the thing people talk about; a PromptVersion is its text at one moment, immutable.

Every send points at a version, so that a clip always knows the exact words it came from. Sending the same words again
reuses the version; sending changed words makes the next one.
"""
