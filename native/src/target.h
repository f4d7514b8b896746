// Compiles what lies between BEGIN and END for an instruction set that the rest of the file must not use.
// Flags for the whole file would be simpler and wrong: an inline function of the standard library, compiled with AVX-512 in one
// file, may be the copy that the linker keeps for all of them.
#pragma once

#define BRAID_PRAGMA(text) _Pragma(#text)

#if defined(__clang__)
#define BRAID_TARGET_BEGIN(set) BRAID_PRAGMA(clang attribute push(__attribute__((target(set))), apply_to = function))
#define BRAID_TARGET_END _Pragma("clang attribute pop")
#else
#define BRAID_TARGET_BEGIN(set) _Pragma("GCC push_options") BRAID_PRAGMA(GCC target(set))
#define BRAID_TARGET_END _Pragma("GCC pop_options")
#endif
