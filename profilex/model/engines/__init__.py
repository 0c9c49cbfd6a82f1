"""What a network runs in: OpenVINO on processors, TensorFlow on graphics cards."""
