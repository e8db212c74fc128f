#include "conv_data.h"

PLAIN(conv_data, _f32, float, 128, 128, 8, 8, 2)
