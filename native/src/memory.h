// Address space that is reserved at once and backed by memory page by page as it is written.
#pragma once
#include <cstddef>
#include <cstdint>

namespace braid {

// Zeroed pages, released by the destructor. Throws std::bad_alloc.
class Pages {
 public:
  // What a store may take before it asks for huge pages: a thousand tiny stores shall not take 2 GiB.
  static constexpr std::size_t kSmallBytes = std::size_t(2) << 20;

  explicit Pages(std::size_t bytes);
  ~Pages();
  Pages(Pages const&) = delete;
  Pages& operator=(Pages const&) = delete;

  std::uint8_t* data() const { return data_; }
  std::size_t size() const { return bytes_; }

  // Asks for 2 MiB pages from `offset` on: a walk reads rows at random, and small pages cost it an address look-up each.
  void prefer_huge(std::size_t offset) const;

 private:
  std::uint8_t* data_;
  std::size_t bytes_;
};

}  // namespace braid
