"""The Demo gateway: the endpoint's spec as a server, so that a newcomer without a key sees the whole product.

It speaks the dialect of the spec's own family (a fenced json echo, a task id, queue and progress words, a sid, cover and
link) in English or Chinese as the prompt is, answers whole with ``stream: false``, and really makes what it promises: an
H.264/AAC film drawn and scored from the words of the prompt, on the CPU, in a child process. Progress is the encoder's.

Without a seed no two films are alike, with one they come out the same. A first frame is taken only as a data URI: a
server that anybody may ask follows no links. More than two films at once wait in the queue, and beyond a cap the gateway
says it is overloaded, because any key is right. When the last client that listens leaves, the rendering is killed.

The child paints at half size and writes the words at full size: 5 seconds of 1280x720 take about 4 on two cores. libx264's
ultrafast preset was chosen over smaller files, and a painted landscape over moving test bars: it is the first film a
newcomer sees.

The engine reaches it over HTTP on loopback exactly as any gateway; nothing takes a short cut. Words in the prompt make
it fail like real ones (``faults.py``).
"""
