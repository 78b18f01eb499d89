"""Lists of accepted texts that sensors compare with, in the case they are compared in."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from dq_platform.connectors.dialect import Dialect, Fragment

_COUNTRY_LIST = """
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY
    BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK
    FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR
    IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK
    ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM
    PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF
    TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW
"""
COUNTRY_CODES = tuple(_COUNTRY_LIST.split())
"""ISO 3166-1 alpha-2, and XK, which is in general use for Kosovo."""

_CURRENCY_LIST = """
    AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF
    CHE CHF CHW CLF CLP CNY COP COU CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD
    GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP
    LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB
    PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB
    TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD USN UYI UYU UYW UZS VED VES VND VUV WST XAF XAG XAU XBA XBB XBC
    XBD XCD XCG XDR XOF XPD XPF XPT XSU XTS XUA XXX YER ZAR ZMW ZWG $ € £ ¥ ₹ ₽ ₩ ₺ ₴ ₦ ₫ ₪ ฿ ₱
"""
CURRENCY_CODES = tuple(_CURRENCY_LIST.split())
"""Active codes of ISO 4217 and the common currency symbols."""

NULL_PLACEHOLDERS = (
    "null",
    "undefined",
    "missing",
    "nan",
    "none",
    "na",
    "n/a",
    "empty",
    "#n/d",
    "blank",
    '""',
    "''",
    "-",
    "",
)
"""Texts, in lower case, that stand for a value that is not there."""


@lru_cache(maxsize=64)
def code_literals(dialect: Dialect) -> Mapping[str, tuple[Fragment, ...]]:
    """Every list as text literals of the engine."""
    lists = {"country": COUNTRY_CODES, "currency": CURRENCY_CODES, "null_placeholder": NULL_PLACEHOLDERS}
    return MappingProxyType({name: tuple(map(dialect.text, codes)) for name, codes in lists.items()})
