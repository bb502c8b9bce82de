"""A dump of Open Dental as its owner would make it: chairs, providers, patients, and what was done with them."""

HEAD = """-- MySQL dump 10.13  Distrib 8.0.36
CREATE TABLE `patient` (
  `PatNum` bigint(20) NOT NULL,
  `LName` varchar(100),
  `FName` varchar(100),
  `Preferred` varchar(100),
  `PatStatus` tinyint(3),
  `Gender` tinyint(3),
  `Birthdate` date,
  `SSN` varchar(100),
  `WirelessPhone` varchar(30),
  `City` varchar(100),
  `Zip` varchar(100)
);
"""
PATIENTS = """INSERT INTO `patient` VALUES
(1,'Smith','Allison','Allie',0,1,'1984-03-07','123456789','(503)363-5432','Salem','97301'),
(2,'O\\'Brien','Bob','',4,0,'1979-09-21','','','',''),
(3,'Doe','','',0,2,'0001-01-01','','','',''),
(4,'Müller','Zoé','',0,1,'1990-01-01','','','','');
"""
# mysqldump writes tables by their names: what belongs to a patient may come before her.
APPOINTMENT_TABLE = """CREATE TABLE `appointment` (
  `AptNum` bigint(20) NOT NULL,
  `PatNum` bigint(20) NOT NULL,
  `AptStatus` tinyint(3),
  `Pattern` varchar(255),
  `Op` bigint(20),
  `Note` text,
  `ProvNum` bigint(20),
  `ProvHyg` bigint(20),
  `AptDateTime` datetime,
  `ProcDescript` text,
  `IsHygiene` tinyint(3),
  `DateTimeArrived` datetime,
  `DateTimeSeated` datetime,
  `DateTimeDismissed` datetime,
  `AppointmentTypeNum` bigint(20)
);
"""
APPOINTMENTS = """INSERT INTO `appointment` VALUES
(11,1,2,'XXXXXX',1,'nervous',1,0,'2026-03-02 09:00:00','Filling #3',0,'2026-03-02 08:55:00',
 '2026-03-02 09:05:00','2026-03-02 09:32:00',0),
(12,1,1,'/XXXX/',1,'',1,0,'2099-06-15 14:00:00','Check',0,
 '2099-06-15 00:00:00','2099-06-15 00:00:00','2099-06-15 00:00:00',0),
(13,4,5,'XXXXXX',2,'',2,0,'2026-02-02 10:00:00','',0,'0001-01-01 00:00:00','0001-01-01 00:00:00',
 '0001-01-01 00:00:00',0),
(14,1,3,'XX',0,'',1,0,'0001-01-01 00:00:00','',0,'0001-01-01 00:00:00','0001-01-01 00:00:00',
 '0001-01-01 00:00:00',0),
(15,2,1,'XX',1,'',1,0,'2099-06-15 16:00:00','',0,'0001-01-01 00:00:00','0001-01-01 00:00:00',
 '0001-01-01 00:00:00',0);
"""
OPERATORIES = """CREATE TABLE `operatory` (
  `OperatoryNum` bigint(20) NOT NULL,
  `OpName` varchar(255),
  `Abbrev` varchar(5)
);
INSERT INTO `operatory` VALUES (1,'Front','F'),(2,'Back','B'),(3,'Never used','N');
"""
CODES = """CREATE TABLE `procedurecode` (
  `CodeNum` bigint(20) NOT NULL,
  `ProcCode` varchar(15),
  `Descript` varchar(255),
  `AbbrDesc` varchar(50)
);
INSERT INTO `procedurecode` VALUES (100,'D2392','two-surface filling','2s'),(101,'D7140','extraction','ext'),
(102,'D0120','examination','PerEx'),(103,'D4341','scaling of a quadrant','SRP'),(104,'N4118','own code',''),
(105,'D2740','crown','');
"""
PROCEDURES = """CREATE TABLE `procedurelog` (
  `ProcNum` bigint(20) NOT NULL,
  `PatNum` bigint(20),
  `ProcDate` date,
  `Surf` varchar(10),
  `ToothNum` varchar(2),
  `ToothRange` varchar(100),
  `ProcStatus` tinyint(3),
  `ProvNum` bigint(20),
  `CodeNum` bigint(20),
  `HideGraphics` tinyint(3),
  `ProcFee` double
);
INSERT INTO `procedurelog` VALUES
(21,1,'2026-03-02','MO','3','',2,1,100,0,180),
(22,1,'2019-05-06','','16','',4,1,101,0,0),
(23,1,'2026-03-02','','','',2,1,102,0,60),
(24,1,'2026-03-02','UR','','',2,2,103,0,200),
(25,1,'2026-03-02','','14','',1,1,105,0,1200),
(26,1,'2026-03-02','','','',6,1,102,0,60),
(27,4,'2026-02-02','B','A','',3,1,100,0,0),
(28,2,'2026-02-02','','','',2,1,102,0,0),
(29,1,'2026-03-02','','','',2,1,999,0,0);
"""
PROVIDERS = """CREATE TABLE `provider` (
  `ProvNum` bigint(20) NOT NULL,
  `Abbr` varchar(255),
  `LName` varchar(100),
  `FName` varchar(100)
);
INSERT INTO `provider` VALUES (1,'DOC1','Ng','Albert'),(2,'HYG','Stone','Mary');
"""
RECALLS = """CREATE TABLE `recall` (
  `RecallNum` bigint(20) NOT NULL,
  `PatNum` bigint(20),
  `DateDueCalc` date,
  `DateDue` date,
  `DatePrevious` date,
  `RecallInterval` int(11),
  `Note` text,
  `IsDisabled` tinyint(3),
  `RecallTypeNum` bigint(20)
);
INSERT INTO `recall` VALUES
(31,1,'2026-09-02','2026-09-03','2026-03-02',393217,'mornings',0,1),
(32,4,'0001-01-01','0001-01-01','0001-01-01',393216,'',0,1),
(33,4,'2026-01-01','2026-01-01','2025-07-01',393216,'',1,1);
CREATE TABLE `recalltype` (
  `RecallTypeNum` bigint(20) NOT NULL,
  `Description` varchar(255)
);
INSERT INTO `recalltype` VALUES (1,'Prophy');
"""
ALLERGIES = """CREATE TABLE `allergy` (
  `AllergyNum` bigint(20) NOT NULL
);
INSERT INTO `allergy` VALUES (1),(2);
"""


def dump(appointments: str = APPOINTMENTS) -> str:
    """The whole, in the order of mysqldump."""
    return "".join(
        (ALLERGIES, APPOINTMENT_TABLE, appointments, OPERATORIES, HEAD, PATIENTS, CODES, PROCEDURES, PROVIDERS, RECALLS)
    )
