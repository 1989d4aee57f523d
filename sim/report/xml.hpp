// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace reducecheck {

/// `text` as XML 1.0 and HTML character data or attribute value: the five special characters as
/// entities, line breaks and tabs as references, every other control character as `\x1b` (XML
/// cannot hold it), whatever is not UTF-8 or not a character of XML as U+FFFD.
std::string xml_escaped(std::string_view text);

}  // namespace reducecheck
