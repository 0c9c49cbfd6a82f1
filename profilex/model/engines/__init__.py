"""The engines that run a network: OpenVINO on processors, TensorFlow on graphics cards."""
