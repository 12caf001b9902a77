"""The Demo gateway: the endpoint's spec as a server, so that a newcomer without a key sees the whole product.

It speaks the dialect of the spec's own family (a fenced json echo, a task id, queue and progress words, a sid, cover and
link) in English or Chinese as the prompt is, answers whole with ``stream: false``, and really makes what it promises: an
H.264/AAC film drawn and scored from the words of the prompt, on the CPU, in a child process. Progress is the encoder's.

The engine reaches it over HTTP on loopback exactly as any gateway; nothing takes a short cut. Words in the prompt make
it fail like real ones (``faults.py``).
"""
