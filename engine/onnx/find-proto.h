/* Preprocessed with -M while the build is set up: the list of files it includes tells where
 * libonnx-dev has put the message definitions. */
#include <onnx/onnx.proto>
