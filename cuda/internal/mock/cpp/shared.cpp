// shared.cpp: where the shared arrays of a kernel file are. In the twin they are static variables of functions;
// no section can be named for them, since g++ leaves those of templates out of it (GCC bug 41091). So they are
// looked up in the symbol table of this library, whose local symbols are sorted by source file.
#include "mock.h"

#include <cstdio>
#include <dlfcn.h>
#include <elf.h>

namespace twin {
namespace {

std::string contents(const char *path) {
    std::string all;
    if (FILE *f = fopen(path, "rb")) {
        char piece[1 << 16];
        for (size_t n; (n = fread(piece, 1, sizeof piece, f)) > 0;) all.append(piece, n);
        fclose(f);
    }
    return all;
}

} // namespace

std::vector<Piece> shared_arrays(const void *anchor) {
    Dl_info info;
    if (!dladdr(anchor, &info)) return {};
    static const std::string library = contents(info.dli_fname);
    const char *file = library.data();
    auto *base = static_cast<unsigned char *>(info.dli_fbase);
    const auto *head = reinterpret_cast<const Elf64_Ehdr *>(file);
    const auto *sections = reinterpret_cast<const Elf64_Shdr *>(file + head->e_shoff);
    for (int i = 0; i < head->e_shnum; i++) {
        if (sections[i].sh_type != SHT_SYMTAB) continue;
        const auto *symbols = reinterpret_cast<const Elf64_Sym *>(file + sections[i].sh_offset);
        const char *names = file + sections[sections[i].sh_link].sh_offset;
        std::vector<Piece> arrays;
        bool here = false; // the anchor is of this source file
        for (size_t k = 0; k < sections[i].sh_info; k++) { // the local ones
            const Elf64_Sym &s = symbols[k];
            const int type = ELF64_ST_TYPE(s.st_info);
            if (type == STT_FILE) {
                if (here) break;
                arrays.clear();
            }
            if (type != STT_OBJECT || s.st_shndx >= head->e_shnum || !(sections[s.st_shndx].sh_flags & SHF_WRITE)) continue;
            here = here || base + s.st_value == anchor;
            if (std::strncmp(names + s.st_name, "_ZZ", 3) == 0) arrays.push_back({base + s.st_value, s.st_size}); // of a function
        }
        if (here) return arrays;
    }
    return {};
}

} // namespace twin
