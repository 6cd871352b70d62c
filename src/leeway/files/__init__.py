"""What is kept whole: receipts, statements, contracts, letters, photographs.

A file belongs to an owner of another room, which says who may read it (`access`). Its format is found from its bytes
(`formats`), a picture is made anew without where it was taken (`pictures`), a virus scanner is asked where one is named
(`scanner`), and the bytes lie under their own digest (`store`).
"""
