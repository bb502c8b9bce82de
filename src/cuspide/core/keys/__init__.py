"""The life of the practice's master key: where it lies, its wrapped copies, the sheet on paper, what lies around it.

`core.keystore` is what the rooms use; nothing here is needed to read or write a patient's record.
"""
