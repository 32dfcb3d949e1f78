"""Files of TensorFlow Lite (`.tflite`)."""
