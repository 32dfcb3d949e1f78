"""Networks of Caffe (`.prototxt`): layers that read and write named blobs."""
