// SPDX-License-Identifier: Apache-2.0
#include "sim/dump/dump_folder.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <map>
#include <system_error>

#include "scenarios/text/printable.hpp"
#include "sim/dump/dump_metadata.hpp"
#include "sim/dump/safetensors.hpp"

namespace reducecheck {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view beginning = "rank";
constexpr std::string_view ending = ".safetensors";

/// Errors of one folder: each a line, and no more than are read.
class FolderErrors {
 public:
  FolderErrors(const std::string& directory, std::vector<std::string>& errors)
      : directory_(directory), errors_(errors), before_(errors.size()) {}

  void of_folder(std::string_view sentence) { add(directory_, sentence); }
  void of_rank(std::size_t rank, std::string_view sentence) { add(path(rank), sentence); }

  [[nodiscard]] std::string path(std::size_t rank) const {
    return (fs::path(directory_) / rank_file(static_cast<int>(rank))).string();
  }
  [[nodiscard]] bool any() const { return errors_.size() > before_; }
  [[nodiscard]] bool enough() const { return errors_.size() - before_ >= DumpLimits::errors; }
  std::vector<std::string>& lines() { return errors_; }

 private:
  void add(const std::string& file, std::string_view sentence) {
    if (!enough()) errors_.push_back(fmt::format("{}: error: {}", printable(file), sentence));
  }

  std::string directory_;
  std::vector<std::string>& errors_;
  std::size_t before_;
};

/// The rank of a file that rank_file() names.
std::optional<int> rank_of(std::string_view file) {
  if (!file.starts_with(beginning) || !file.ends_with(ending)) return std::nullopt;
  const std::string_view digits = file.substr(
      beginning.size(), file.size() - std::min(file.size(), beginning.size() + ending.size()));
  int rank = -1;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), rank);
  if (read.ec != std::errc() || rank < 0 || rank_file(rank) != file) return std::nullopt;
  return rank;
}

/// The ranks with a file, and the bytes of their files together.
struct Listing {
  std::vector<int> ranks;
  std::uint64_t bytes = 0;
  std::string near_miss;  // a file that looks as if it were meant to be one
};

Listing listing_of(const std::string& directory, std::error_code& error) {
  Listing listing;
  fs::directory_iterator entry(directory, error);
  for (; !error && entry != fs::directory_iterator(); entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (const std::optional<int> rank = rank_of(name)) {
      listing.ranks.push_back(*rank);
      std::error_code unknown;
      const std::uintmax_t bytes = fs::file_size(entry->path(), unknown);
      if (!unknown) listing.bytes += bytes;
    } else if (name.ends_with(ending) || name.ends_with(".pt")) {
      listing.near_miss = std::max(listing.near_miss, name);
    }
  }
  std::ranges::sort(listing.ranks);
  return listing;
}

/// Whether the folder can be one of a dump, by its names and sizes alone.
bool looks_like_dump(const std::string& directory, Listing& listing, FolderErrors& errors) {
  std::error_code error;
  if (!fs::is_directory(directory, error)) {
    const bool there = !error && fs::exists(directory, error);
    errors.of_folder(there ? "is not a directory; a dump is one, with a file for each rank"
                           : "no such directory");
    return false;
  }
  listing = listing_of(directory, error);
  if (error) {
    errors.of_folder(fmt::format("cannot read the directory: {}", error.message()));
  } else if (listing.ranks.empty() || listing.ranks.front() != 0) {
    const std::string_view near = listing.near_miss;
    errors.of_folder(fmt::format(
        "holds no {}; a dump has one file a rank, {}, {}, ...{}", rank_file(0), rank_file(0),
        rank_file(1),
        near.empty() ? ""
        : near.ends_with(".pt")
            ? fmt::format("; `reducecheck_dump.py convert` makes them from {}", back_quoted(near))
            : fmt::format("; found {}", back_quoted(near))));
  } else if (listing.bytes > DumpLimits::bytes) {
    errors.of_folder(
        fmt::format("its files have {} bytes; at most {} are read: record fewer modules or tokens",
                    listing.bytes, DumpLimits::bytes));
  }
  return !errors.any();
}

/// Whether there is one file for each rank of the mesh.
bool one_file_a_rank(const Listing& listing, std::string_view mesh, int ranks,
                     FolderErrors& errors) {
  std::vector<bool> present(static_cast<std::size_t>(ranks));
  for (const int rank : listing.ranks) {
    if (rank < ranks) {
      present[static_cast<std::size_t>(rank)] = true;
    } else {
      errors.of_folder(fmt::format("{} is of no rank: mesh {} has ranks 0 to {}", rank_file(rank),
                                   back_quoted(mesh), ranks - 1));
    }
  }
  for (int rank = 0; rank < ranks; ++rank) {
    if (present[static_cast<std::size_t>(rank)]) continue;
    errors.of_folder(fmt::format("{} is missing: mesh {} has ranks 0 to {}", rank_file(rank),
                                 back_quoted(mesh), ranks - 1));
  }
  return !errors.any();
}

void check_names(const Dump& dump, FolderErrors& errors) {
  for (std::size_t rank = 0; rank < dump.ranks.size(); ++rank) {
    for (const auto& [name, tensor] : dump.ranks[rank].tensors) {
      if (parse_dump_name(name)) continue;
      errors.of_rank(rank, fmt::format("tensor {}: expected a name SCOPE/KIND/NAME or KIND/NAME "
                                       "where KIND is partial, addend or output",
                                       back_quoted(name)));
    }
  }
}

std::string form(const DumpTensor& tensor) {
  return fmt::format("{} [{}]", spelling(tensor.type), fmt::join(tensor.shape, ", "));
}

void check_forms(const Dump& dump, FolderErrors& errors) {
  std::map<std::string_view, std::pair<std::size_t, const DumpTensor*>> first;
  for (std::size_t rank = 0; rank < dump.ranks.size(); ++rank) {
    for (const auto& [name, tensor] : dump.ranks[rank].tensors) {
      const auto [found, fresh] = first.try_emplace(name, rank, &tensor);
      const auto& [other_rank, other] = found->second;
      if (fresh || (tensor.type == other->type && tensor.shape == other->shape)) continue;
      errors.of_rank(rank, fmt::format("tensor {} is {} here but {} on rank {}", back_quoted(name),
                                       form(tensor), form(*other), other_rank));
    }
  }
}

/// The lowest rank of the process group of each rank.
std::vector<std::size_t> leaders_of(const Dump& dump) {
  const Mesh mesh = mesh_of(dump);
  const Group group = group_of(dump);
  std::vector<std::size_t> leaders(dump.ranks.size(), dump.ranks.size());
  for (std::size_t rank = 0; rank < leaders.size(); ++rank) {
    if (leaders[rank] <= rank) continue;
    for (const int member : group_members(mesh, group, static_cast<int>(rank))) {
      leaders[static_cast<std::size_t>(member)] = rank;
    }
  }
  return leaders;
}

void check_presence(const Dump& dump, FolderErrors& errors) {
  const std::vector<std::size_t> leaders = leaders_of(dump);
  // What `rank` lacks of the tensors of `other`.
  const auto compare = [&](std::size_t rank, std::size_t other) {
    for (const auto& [name, tensor] : dump.ranks[other].tensors) {
      if (dump.ranks[rank].tensors.contains(name)) continue;
      errors.of_rank(rank, fmt::format("tensor {} of rank {} is missing; both are in one group",
                                       back_quoted(name), other));
    }
  };
  for (std::size_t rank = 0; rank < leaders.size() && !errors.enough(); ++rank) {
    compare(rank, leaders[rank]);
    compare(leaders[rank], rank);
  }
}

/// The file of a rank is read and its metadata fit; those of the first rank make the dump's.
bool read_rank(Dump& dump, FolderErrors& errors) {
  const std::size_t rank = dump.ranks.size();
  std::optional<TensorFile> file = read_safetensors(errors.path(rank), errors.lines());
  if (!file) return false;
  for (const std::string& sentence : take_metadata(dump, *file)) errors.of_rank(rank, sentence);
  dump.ranks.push_back(std::move(*file));
  return !errors.any();
}

}  // namespace

std::string rank_file(int rank) {
  return fmt::format("{}{}{}", beginning, rank, ending);
}

std::optional<Dump> read_dump(const std::string& directory, std::vector<std::string>& errors) {
  FolderErrors told(directory, errors);
  Listing listing;
  Dump dump;
  if (!looks_like_dump(directory, listing, told) || !read_rank(dump, told)) return std::nullopt;
  const int ranks = ranks_of(dump);
  if (!one_file_a_rank(listing, mesh_text(dump.mesh), ranks, told)) return std::nullopt;
  for (int rank = 1; rank < ranks; ++rank) {
    if (!read_rank(dump, told)) return std::nullopt;
  }
  check_names(dump, told);
  check_forms(dump, told);
  check_presence(dump, told);
  if (told.any()) return std::nullopt;
  return dump;
}

bool write_dump(const Dump& dump, const std::string& directory, std::vector<std::string>& errors) {
  std::error_code error;
  fs::create_directory(directory, error);
  if (error) {
    FolderErrors(directory, errors)
        .of_folder(fmt::format("cannot make the directory: {}", error.message()));
    return false;
  }
  for (std::size_t rank = 0; rank < dump.ranks.size(); ++rank) {
    TensorFile file = dump.ranks[rank];
    give_metadata(dump, rank, file);
    const std::string path = FolderErrors(directory, errors).path(rank);
    if (!write_safetensors(path, file, errors)) return false;
  }
  return true;
}

std::vector<std::string> non_finite_tensors(const Dump& dump, const std::string& directory) {
  std::vector<std::string> lines;
  FolderErrors told(directory, lines);
  for (std::size_t rank = 0; rank < dump.ranks.size(); ++rank) {
    for (const auto& [name, tensor] : dump.ranks[rank].tensors) {
      if (told.enough()) return lines;
      const NonFinite found = non_finite(tensor);
      if (found.count == 0) continue;
      told.of_rank(rank,
                   fmt::format("tensor {}: {} of {} elements are NaN or infinite, the first at "
                               "[{}]",
                               back_quoted(name), found.count, tensor.elements(),
                               fmt::join(place_of(tensor, found.first), ", ")));
    }
  }
  return lines;
}

}  // namespace reducecheck
